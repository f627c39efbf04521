/** The scripts that teach shells to ask `vidra __complete` what may come next. They know no verb themselves. */

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** The files in `completions/`, named as each shell looks for them. */
export const completionFiles: Readonly<Record<Shell, string>> = {
  bash: 'vidra.bash',
  zsh: '_vidra',
  fish: 'vidra.fish',
  powershell: 'vidra.ps1',
};

export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of vidra for bash 4.4 or newer. Load it with: source <(vidra completion bash)
_vidra() {
  local value description
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    if [[ $value == :files ]]; then
      compopt -o default
      return
    fi
    COMPREPLY+=("$value")
  done < <("$1" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _vidra vidra
`,
  zsh: `#compdef vidra
# Completion of vidra for zsh. Put it into a folder of $fpath as _vidra, or load it with: source <(vidra completion zsh)
_vidra() {
  local line value
  local -a lines described
  lines=("\${(@f)$("\${words[1]}" __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == :files ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] || continue
    value="\${line%%$'\\t'*}"
    value="\${value//:/\\\\:}"
    [[ "$line" == *$'\\t'* ]] && value+=":\${line#*$'\\t'}"
    described+=("$value")
  done
  _describe -t values vidra described
}
if [[ "\${funcstack[1]}" == _vidra ]]; then _vidra "$@"; else compdef _vidra vidra; fi
`,
  fish: `# Completion of vidra for fish 3.4 or newer. Load it with: vidra completion fish | source
function __vidra_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (vidra __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = :files
        __fish_complete_path "$current"
        return
    end
    string join \\n -- $lines
end
complete -c vidra -f -a '(__vidra_complete)'
`,
  powershell: `# Completion of vidra for PowerShell. Load it with: vidra completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName vidra -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
      Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  # An empty argument would be lost on the way; a space stands for it.
  if ($wordToComplete -eq '') { $words += ' ' }
  vidra __complete powershell '--' @words 2>$null | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if ($value -eq ':files') { return }
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`,
};
