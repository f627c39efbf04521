# Completion of vidra for fish 3.4 or newer. Load it with: vidra completion fish | source
function __vidra_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (vidra __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = :files
        __fish_complete_path "$current"
        return
    end
    string join \n -- $lines
end
complete -c vidra -f -a '(__vidra_complete)'
