# Completion of vidra for PowerShell. Load it with: vidra completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName vidra -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
      Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  # An empty argument would be lost on the way; a space stands for it.
  if ($wordToComplete -eq '') { $words += ' ' }
  vidra __complete powershell '--' @words 2>$null | ForEach-Object {
    $value, $description = $_ -split "`t", 2
    if ($value -eq ':files') { return }
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
