# Completion of levity for fish. For this shell:
#     levity completion fish | source
# and for all shells to come:
#     levity completion fish > ~/.config/fish/completions/levity.fish

function __levity_complete
    set -l words (commandline -opc)
    set -l word "$(commandline -ct)"
    set -l option (string match -r -- '^--[^=]+=' $word)
    for line in (levity complete -- $words[2..] $word 2>/dev/null)
        switch $line
            case ':files'
                for path in (__fish_complete_path (string replace -- "$option" '' $word))
                    echo "$option$path"
                end
            case ':directories'
                for path in (__fish_complete_directories (string replace -- "$option" '' $word) '')
                    echo "$option$path"
                end
            case '*'
                echo $line
        end
    end
end

complete -c levity -f -a '(__levity_complete)'
