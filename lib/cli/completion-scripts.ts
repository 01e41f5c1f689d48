/** The shells that completion is made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The command that the scripts below ask; it stands in no help. */
export const COMPLETE_VERB = '__complete';

/** What a shell reads to complete commands of `vigil`; it asks the `vigil` that is being typed. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell].join('\n');
}

/** How a shell comes to read it. */
export function completionAdvice(shell: Shell): string {
  return ADVICE[shell];
}

const ADVICE: Record<Shell, string> = {
  bash: 'into ~/.bashrc: eval "$(vigil completion bash)"',
  zsh: 'into ~/.zshrc, after compinit: eval "$(vigil completion zsh)"',
  fish: 'once: vigil completion fish > ~/.config/fish/completions/vigil.fish',
};

// Bash breaks words at "=" and ":" too, so it hands over the line as it is typed, and what it breaks words at.
const BASH = [
  `# ${ADVICE.bash}`,
  '_vigil_complete() {',
  '  local program="${COMP_WORDS[0]/#\\~/$HOME}" current="${COMP_WORDS[COMP_CWORD]}" line IFS=$\'\\n\'',
  '  [[ $current == [=:] ]] && current=',
  '  COMPREPLY=()',
  '  while IFS= read -r line; do',
  '    case "$line" in',
  '      :files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;',
  '      :directories) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")) ;;',
  '      :open) compopt -o nospace 2>/dev/null ;;',
  '      *) COMPREPLY+=("$line") ;;',
  '    esac',
  `  done < <("$program" ${COMPLETE_VERB} bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)`,
  '}',
  'complete -F _vigil_complete vigil',
];

const ZSH = [
  '#compdef vigil',
  `# ${ADVICE.zsh}`,
  '_vigil() {',
  '  local line mode=word',
  '  local -a closed open',
  `  for line in "\${(@f)$("\${(Q)words[1]}" ${COMPLETE_VERB} zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do`,
  '    case "$line" in',
  "      :files) compset -P '--*='; _files; return ;;",
  "      :directories) compset -P '--*='; _files -/; return ;;",
  '      :open) mode=open ;;',
  '      ?*) if [[ $mode = open ]]; then open+=("$line"); else closed+=("$line"); fi ;;',
  '    esac',
  '  done',
  '  (( $#closed )) && _describe vigil closed',
  "  (( $#open )) && _describe vigil open -S ''",
  '}',
  'if [[ $funcstack[1] = _vigil ]]; then _vigil "$@"; else compdef _vigil vigil; fi',
];

const FISH = [
  `# ${ADVICE.fish}`,
  'function __vigil_complete',
  '  set -l words (commandline -opc)',
  '  set -l current (commandline -ct)',
  '  set -l program $words[1]',
  '  set -e words[1]',
  "  set -l flag (string match -r -- '^--[^=]*=' $current)",
  "  set -l path (string replace -r -- '^--[^=]*=' '' $current)",
  `  for line in (command $program ${COMPLETE_VERB} fish $words "$current" 2>/dev/null)`,
  '    switch $line',
  "      case ':files'",
  '        for found in (__fish_complete_path $path); echo "$flag$found"; end',
  "      case ':directories'",
  '        for found in (__fish_complete_directories $path); echo "$flag$found"; end',
  "      case ':open'",
  "      case '*'",
  '        echo $line',
  '    end',
  '  end',
  'end',
  "complete -c vigil -f -a '(__vigil_complete)'",
];

const SCRIPTS: Record<Shell, readonly string[]> = { bash: BASH, zsh: ZSH, fish: FISH };
