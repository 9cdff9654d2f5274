# Completion of levity for bash. For this shell:
#     source <(levity completion bash)
# and for all shells to come:
#     levity completion bash > ~/.local/share/bash-completion/completions/levity
# shellcheck shell=bash

_levity() {
    local rest=$COMP_LINE words=() word i candidate glued
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        # bash has = and : as words of their own (COMP_WORDBREAKS), levity has not.
        if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
            words[-1]+=$word
        else
            words+=("$word")
            rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        rest=${rest#"$word"}
    done

    # What of the word is before that which bash wants to have replaced.
    glued=${words[-1]%"$2"}
    for i in "${!words[@]}"; do
        word=${words[i]//[\"\'\\]/}
        words[i]=${word/#\~\//$HOME/}
    done

    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        case $candidate in
            :files) compopt -o default 2>/dev/null ;;
            :directories) compopt -o dirnames 2>/dev/null ;;
            *) COMPREPLY+=("${candidate#"$glued"}") ;;
        esac
    done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}

complete -F _levity levity
