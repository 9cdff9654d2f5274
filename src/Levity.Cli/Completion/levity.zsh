#compdef levity
# Completion of levity for zsh. For this shell (after compinit):
#     source <(levity completion zsh)
# and for all shells to come, in a directory of $fpath:
#     levity completion zsh > ~/.zfunc/_levity

_levity() {
    local -a candidates
    local line kind
    for line in "${(@f)$(levity complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
            '') ;;
            :*) kind=$line ;;
            *) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
        esac
    done

    if (( $#candidates )); then
        _describe -t levity levity candidates
    elif [[ -n $kind ]]; then
        compset -P '--*='
        if [[ $kind == :directories ]]; then _files -/; else _files; fi
    fi
}

if [[ $funcstack[1] == _levity ]]; then
    _levity "$@"
else
    compdef _levity levity
fi
