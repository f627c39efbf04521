# Completion of vidra for bash 4.4 or newer. Load it with: source <(vidra completion bash)
_vidra() {
  local value description
  COMPREPLY=()
  while IFS=$'\t' read -r value description; do
    if [[ $value == :files ]]; then
      compopt -o default
      return
    fi
    COMPREPLY+=("$value")
  done < <("$1" __complete bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _vidra vidra
