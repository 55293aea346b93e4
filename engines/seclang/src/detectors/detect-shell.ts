import { commandRank, isLoneCommand } from './shell-words.ts'

/** Why a value would run a command in a shell that it reaches. */
export interface ShellFinding {
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

/** Most places in one value where a command may start that are looked at. */
export const MOST_COMMAND_STARTS = 2_000

const STARTS = /\|\|?|&&?|;|\r?\n|`|\$\(|[<>]\(|\{(?=[\w/'"\\]+,)/g
// What shells drop or read as a blank, so that names can be written apart.
const BLANK = /\$(?:\{IFS[^}\s]{0,8}\}|IFS(?:\$\d)?)|%09/g
const NOTHING = /\$(?:\{[@*!]\}|[@*!1-9]|\(:?\))|(?<=[\w/])\$\{[a-z]\w{0,15}\}(?=\w)|``|\x00/g
const WORD = /^[^\s;|&<>()`#]{1,80}/
const PREFIX =
  /^(?:\w{1,30}=\S{0,40}\s+|(?:\/[\w/]{1,40}\/)?(?:sudo|env|nohup|time|exec|command|builtin|busybox|eval|xargs|do|then|if|while|!)\s+(?=[\w/\x24\\.{(-]|['"][\w/\x24])|[@{(]\s*)/

const SENSITIVE =
  /\/(?:etc|proc|dev|bin|sbin|usr|var|tmp|root|home)\/|\/bin\/(?:ba|z|k|c|da)?sh\b|\\windows\\|c:\\|cmd\.exe|\/dev\/(?:tcp|udp)\//i
const ARGUMENT =
  /^(?:$|\{\}(?:[\s;]|$)|(?:TCP|UDP|EXEC|SYSTEM|OPENSSL)\d?(?:-LISTEN)?:\S|[;|&<>)`}]|-{1,2}[a-z0-9]|\/|~|\.{1,2}\/|\$[\w{(@*?]|%\w+%|\d{1,6}(?:\.\d+)?[smh]?\s*(?:$|[;|&)`#'"])|["'][^"']{0,40}["']\s*(?:$|[;|&><)`])|[\w*?.-]+\.(?:txt|conf|cfg|ini|log|php|sh|py|pl|env|db|key|pem|bak|xml|json|ya?ml|html?|js)\b|\*|https?:|#|[\w./-]*(?:\*|\?(?=[\w./*]))[\w./*?-]*|[a-z]{1,10}=[\w/.]|[\w.-]+\/[\w./-]*\.\w{1,5}\b|[\w.-]+\/[\w./-]+\s*(?:$|[;|&`)<>#])|[a-z]{1,6}\s+(?:\.{1,2}(?:\s|$|\/)|-[a-z]\s)|\S{1,12}\s+\/(?:etc|tmp|var|usr|home|root|bin|dev|proc|opt|srv)\b|[a-z]{1,10}\(\d|[a-z]:[\\/]|\/[a-z]{1,4}(?:\s|$))/i

// What only a shell reads as a command: escapes in $'…', a sourced file, the shell itself.
const SURE = /^(?:\$'\\[x0-7]|\.\s+[./~][\w./~-]+|\$(?:\{(?:SHELL|BASH|0)\b[^}]{0,20}\}|SHELL\b|BASH\b|0\b))/

interface Command {
  readonly rank: 0 | 1 | 2
  readonly name: string
  readonly arguments: string
  readonly globbed: boolean
  /** At most one word stands before the separator. */
  readonly isNextToStart: boolean
  /** Nothing stands before the separator, and nothing behind the name. */
  readonly startsValue: boolean
}

/** Undoes what shells undo: quotes, backslashes and carets inside a name, brace lists, IFS. */
function plainText(text: string): string {
  const spaced = text.replace(BLANK, ' ').replace(NOTHING, '')
  return /['"\\^]/.test(spaced)
    ? spaced.replace(/(?<=[\w/?*])(?:''|""|[\\^]|["'](?=[\w/?*]))+(?=[\w/?*'"])|^["'\\^]+(?=[\w/])/g, '')
    : spaced
}

function commandAt(input: string, at: number, brace: boolean): Command {
  let text = plainText(input.slice(at, at + 160)).replace(/^[ \t]+/, '')
  if (brace) text = text.replace(/[,}]/g, ' ')
  for (let i = 0; i < 4 && PREFIX.test(text); i++) text = text.replace(PREFIX, '').replace(/^[\s'"]+/, '')
  // What a program that runs another one was told first: `xargs -I{} cat`, `sudo -u root id`.
  text = text.replace(/^(?:-[A-Za-z]\s+\w+\s+(?=[a-z])|-\S+\s+){1,4}/, '')
  const word = (WORD.exec(text)?.[0] ?? '').replace(/["'\\^]/g, '')
  const name = word.slice(word.lastIndexOf('/') + 1)
  const rest = text.slice(word.length)
  const globbed = /^\/(?:\w+\/)?(?:[\w[\]-]*[?*][\w?*[\]-]*\/[\w?*[\]-]+|[\w[\]-]*[?*][\w?*[\]-]*$)/.test(
    word,
  )
  // `/*` begins a comment; to run what it stands for makes no sense.
  const isGlob = globbed && !/^\/\*+$/.test(word)
  const separated = rest === '' || /^[\s;|&<>()`}'"#,]/.test(rest)
  return {
    name,
    rank: separated && !text.startsWith('#') ? commandRank(name) : 0,
    arguments: rest.trimStart(),
    globbed: isGlob || SURE.test(text),
    startsValue: at <= 3 && /^\s*;$/.test(input.slice(0, at)) && rest.trim() === '',
    isNextToStart: at <= 48 && /^\s*\S*\s*$/.test(input.slice(0, at)),
  }
}

// `$(<key)` prints a file.
const READ = /^<\s{0,9}[\w./~*?-]{1,80}\s{0,9}[`)]/

/** Is this a command, or the next words of a sentence? */
function runs(command: Command, sign: string): boolean {
  if (command.globbed) return true
  if (command.name === '' && (sign === '$(' || sign === '`') && READ.test(command.arguments)) return true
  if (command.rank === 0) return false
  const rest = command.arguments
  if (/^(?:$|[;|&)`}#]|['"]\s*(?:$|[;|&)#`]))/.test(rest))
    return isLoneCommand(command.name) || (command.startsValue && sign === ';')
  if (/^[<>]/.test(rest))
    return /^(?:<<<|[<>]{1,2})\s*(?:\/[a-z]|(?<=<<<\s*)["'\w$]|~|\.{1,2}\/|&\d|\$)/i.test(rest)
  if (command.isNextToStart && runsBehindOneWord(command, sign)) return true
  if (ARGUMENT.test(rest) || REDIRECTED.test(rest)) return true
  if (command.name === 'net') return NET.test(rest)
  if (sign === '$(') return /^\w[^)]{0,80}\)/.test(rest)
  return (
    command.rank === 2 &&
    /^(?:["'$*?~]|-?[\w@:][\w.@:-]*\s*(?:$|[;|&><)`#]|['"]\s*(?:$|[#;|&)])|-|\/)|[\w-]+\.[\w.-]+|[\w@:/-]+\s+(?:\.{1,2}[\w/-]*|[\w.-]*\/[\w./*?-]*|[\w.-]*(?:\*|\?(?=\w))[\w.*?/-]*)\s*(?:$|[;|&><)`#'"]))/.test(
      rest,
    )
  )
}

const MANAGED =
  /^(?:reg (?:query|add|delete|save|export)|sc (?:query|config|create|start|stop|delete)|service \S+ (?:start|stop|restart|status))\b/i
const ONE_WORD = /^[\w.'"-]{1,40}\s*(?:$|[;|&`)#])/

/** `7;chmod 777 x`: at most one word stands before the sign, and a program behind it that sentences do not name. */
function runsBehindOneWord({ name, rank, arguments: rest }: Command, sign: string): boolean {
  if (sign === '\n' || sign === '`') return false
  if (/^(?:echo|printf)$/.test(name)) return ONE_WORD.test(rest)
  if (MANAGED.test(`${name} ${rest}`)) return true
  // `| npm test | runs all |` is a row of a table.
  return rank === 2 && (sign !== '|' || !rest.includes('|'))
}

const REDIRECTED =
  /^(?:[^\n;|&]{0,80}[^\n;|&=-])?>{1,2}\s*(?:\/[a-z]|[\w-]{1,40}\.(?:txt|php|sh|log|html?|jsp|aspx?|py|pl|bat|ps1)\b)/i
const NET = /^(?:user|localgroup|group|share|view|use|start|stop|accounts)\b/i

// Markdown quotes commands in back-ticks between words.
function isQuotation(input: string, at: number): boolean {
  const before = input.slice(Math.max(0, at - 2), at)
  return /[\w,.:;)*|-] $|\n$|^> ?$|[(*]$|`$/.test(before)
}

const SHOCK = /^\s*\(\)\s{0,20}\{[^}]{0,80}\}\s{0,20};/
const PRIVATE_CHANNEL =
  /\/dev\/(?:tcp|udp)\/|(?:ba|z|k|da|c)?sh\s+-[ic]+\b\s*["'>]|\bpowershell(?:\.exe)?\s+-(?:e|enc|nop|w|c|ep|exec)|\bcmd(?:\.exe)?\s*\/[ck]\b|\b(?:nc|ncat)\s+-\w*[elp]|\|\s*(?:ba|z|da|k)?sh\b\s*(?:$|[;|&]|-(?!-\s))|\bmkfifo\s+\/tmp/i
const SOURCED = /^\s*\.\s+\S{0,80}\/\S+\s*$/
const OPENING =
  /^\s*(?:(?:\/usr)?\/s?bin\/)?(?:cat|head|tail|less|more|nl|od|xxd|strings|tac|ls|dir|type|find|grep|awk|sed|cp|mv|rm|chmod|chown|wget|curl|nc|ping|nslookup|dig|uname|id|whoami|ifconfig|netstat|ps|bash|sh|python3?|perl|ruby|php)(?:\$\{?IFS\}?|\s)+(?:-{1,2}\w|\/(?:etc|proc|bin|usr|var|tmp|dev|root|home)\b|["']?https?:\/\/|-?\d+\.\d+\.\d+\.\d+)/i

const GLOBBED = /^\s*\/[\w?*]*[?*][\w?*]*\/[\w?*]+\s+\S/

function startsCommand(input: string): boolean {
  return (
    (OPENING.test(input) || SOURCED.test(input) || GLOBBED.test(input)) && input.split(/\s+/, 9).length <= 8
  )
}

/**
 * Tells whether a value (a byte string) would run a command in a Unix or Windows shell: a
 * separator or substitution followed by the name of a program with arguments as commands have
 * them, after undoing quoting inside names. Null when nothing is found. Time is linear in the input.
 */
export function detectShell(input: string): ShellFinding | null {
  if (!/[;|&`$\n(<>{/\\]|\s-\w/.test(input)) return null
  if (SHOCK.test(input)) return { reason: 'a function of the environment carries commands' }
  if (PRIVATE_CHANNEL.test(input)) return { reason: 'a shell is started or connected' }
  if (startsCommand(input)) return { reason: 'the value is a command' }
  STARTS.lastIndex = 0
  let ticks = 0
  for (let n = 0; n < MOST_COMMAND_STARTS; n++) {
    const found = STARTS.exec(input)
    if (found === null) break
    const sign = found[0].endsWith('\n') ? '\n' : found[0]
    if (sign === '`' && ticks++ % 2 === 1) continue
    const command = commandAt(input, STARTS.lastIndex, sign === '{')
    if (!runs(command, sign)) continue
    if (sign === ';' && command.rank === 1 && endsEntity(input, STARTS.lastIndex) && !SENSITIVE.test(input))
      continue
    if (isProse(input, found.index, command, sign)) continue
    return { reason: 'a command follows a separator or substitution' }
  }
  return null
}

/** `fish &amp; more`: the sign ends a character reference, and a blank follows it. */
function endsEntity(input: string, at: number): boolean {
  return (
    /&(?:#\d{1,6}|#x[\da-f]{1,5}|[a-z]{2,8});$/i.test(input.slice(Math.max(0, at - 12), at)) &&
    /\s/.test(input.charAt(at))
  )
}

/** One word, a line end, one command: a header or argument that was broken open. */
function isSmuggledLine(input: string, at: number): boolean {
  return at <= 64 && !/\s/.test(input.slice(0, at).trim()) && !/\n/.test(input.slice(at).trim())
}

// Steps of a build, one after the other, in a description of it.
const BUILDER =
  /^(?:npm|npx|node|yarn|pnpm|tsc|git|docker|make|cargo|go|pip|pip3|apt-get|apt|apk|yum|cd|mkdir)$/i
const BUILD_STEP =
  /(?:^|[\s:"'`])(?:npm|npx|node|yarn|pnpm|tsc|git|docker|make|cargo|go|pip3?|apt|apt-get|apk|yum)\s[^;|&\n]{1,70}$/i

// What a command line in a post goes on with; its first word is a program with arguments.
const POSTED_LINE = /^\s*(?:[$#>] )?(?:sudo )?(?:\.\/)?([\w.-]{2,20})\s+[\w./"'-]/
const HARMLESS =
  /^(?:head|tail|sort|uniq|wc|less|more|grep|cut|tr|awk|sed|npm|npx|node|yarn|pnpm|python3?|pip3?|git|make|docker|kubectl|systemctl|cargo|go|tsc)$/i

/** The whole value is a command line that somebody shows: it starts with a program, and nothing in it is what attacks want. */
function isPostedLine(input: string, command: Command): boolean {
  if (!HARMLESS.test(command.name) || SENSITIVE.test(input) || /:\/\/|[`<>\\]|\$[({]/.test(input))
    return false
  return commandRank(POSTED_LINE.exec(input)?.[1] ?? '') === 2
}

/** Line starts and quotations of documentation run nothing, unless they name what attacks want. */
function isProse(input: string, at: number, command: Command, sign: string): boolean {
  if (sign === '\n')
    return !isSmuggledLine(input, at) && (!SENSITIVE.test(command.arguments.slice(0, 80)) || at > 200)
  if (sign === '`') return isQuotation(input, at)
  if ((sign === '|' || sign === '&&') && isPostedLine(input, command)) return true
  if (sign === '&&' && BUILDER.test(command.name) && BUILD_STEP.test(input.slice(Math.max(0, at - 80), at)))
    return !SENSITIVE.test(command.arguments.slice(0, 80))
  return sign === '&&' && /^\s*(?:npm|node|yarn|tsc|git|docker|cd|rm|cp|mkdir)\b/.test(input)
}
