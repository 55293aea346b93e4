/** Why a value would run code in a server-side template or expression engine. */
export interface TemplateFinding {
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

/** Most characters of one expression; longer ones are no templates. */
export const MOST_EXPRESSION_BYTES = 400

/** How a kind of expression starts and ends; the first that fits decides. */
interface Fence {
  readonly open: string
  readonly close: string
  /** Other text uses these marks as well: only arithmetic inside counts. */
  readonly common?: boolean
  /** Ruby runs back-ticks and a few words without parentheses. */
  readonly ruby?: boolean
}

const FENCES: readonly Fence[] = [
  { open: '{{', close: '}}' },
  { open: '${', close: '}' },
  { open: '#{', close: '}', ruby: true },
  { open: '*{', close: '}' },
  { open: '@{', close: '}' },
  { open: '%{', close: '}' },
  { open: '{%', close: '%}' },
  { open: '<%', close: '%>', ruby: true },
  { open: '[[', close: ']]', common: true },
  { open: '@(', close: ')' },
  { open: '{', close: '}', common: true },
]
const OPENERS = /[$#*@%]\{|\{[{%]?|<%|\[\[|@\(/g

const LITERAL_SUM =
  /^\s*[-+(]*\s*(?:\d+|'[^']{0,20}'|"[^"]{0,20}")\s*[-+*/%~]+\s*(?:\d+|'[^']{0,20}'|"[^"]{0,20}")\s*[)]*(?:\s*[-+*/]\s*\d+)*\s*$/
const INNER = new RegExp(
  [
    String.raw`\|\s{0,20}(?:filter|map|reduce|sort)\s{0,20}\(\s{0,20}['"]|__(?:class|mro|globals|builtins|subclasses|init|import|base|bases|getattribute|code|proto)__`,
    String.raw`\bsubclasses\s*\(|\.class\.(?:base|mro)\b|^\s*(?:'[^']{0,20}'|"[^"]{0,20}")\s*\.\s*\w{1,30}\(|\bphpinfo\b|\bfile_excerpt\b|\bcall_user_func`,
    String.raw`^\s*(?:include|extends|import)\s*\(?\s*['"](?:/|\.\./)|^\s*debug\s*$`,
    String.raw`\bconstructor\b|\bgetClass\b|\bforName\b|\bRuntime\b|\bProcessBuilder\b`,
    String.raw`\bjava\.(?:lang|io|util|net)\b|\bjavax?\.script\b|\bfreemarker\b|\?new\s*\(|\bprocess\b\s*\.`,
    String.raw`\bmainModule\b|\brequire\s*\(|\bglobal\.|\bchild_process\b`,
    String.raw`\bos\.(?:popen|system|listdir|environ)|\bsubprocess\b|\bpopen\s*\(|\bsystem\s*\(|\bpassthru\b`,
    String.raw`\bshell_exec\b|\bexec(?:Sync)?\s*\(|\beval\s*\(|\b_self\b|\bregisterUndefinedFilterCallback\b`,
    String.raw`\bgetFilter\b|\bconfig\b\s*(?:\.|\[|\||$)|\bself\.\w`,
    String.raw`\brequest\.(?:application|__|environ|form|args|cookies)|\blipsum\b|\bcycler\b|\bjoiner\b`,
    String.raw`\burl_for\s*[.[]|\bget_flashed_messages\b|\bnamespace\b\s*\.|\bdump\s*\(\s*app|\bapp\.request\b`,
    String.raw`\bsettings\.SECRET|\bFile\.(?:open|read)|\bDir\.(?:entries|glob)|\bIO\.popen`,
    String.raw`\bT\s*\(\s*(?:java|org|javax)|\bjndi\s*:`,
    String.raw`\b(?:env|sys|java|lower|upper|date|main|ctx)\s*:\s*[\w\x24{:-]`,
    String.raw`#(?:context|_memberAccess|application|session|cmd|req|res|rt)\b|@java|\bInvokeCommand\b`,
    String.raw`\b(?:application|session|request|page)(?:Scope|Context)\b|\|\s{0,20}attr\s{0,20}\(|['"]__\w{0,20}['"]\s{0,20}[~+]`,
    String.raw`\bsmarty\b|\bphp\b.{0,40}\bphp\b|\bSystem\.(?:Diagnostics|IO|getProperty)|\bhtml\.raw\b`,
    String.raw`\breadFile(?:Sync)?\b|\bgetBuiltinModule\b`,
    String.raw`\bfile_get_contents\b|\bnew\s+Function\b`,
    String.raw`\.(?:filter|map|reduce|sort)\s*\(\s*['"](?:system|exec|passthru|shell_exec)`,
  ].join('|'),
  'i',
)
// Between double braces there is a name and a filter, not a program; `${ }` is JavaScript's own.
const PROGRAM = /=>|\bthis\s{0,20}\[|\bBuffer\.from\b|\breturn\b|['"]\s{0,20}\+\s{0,20}['"]|\)\s{0,20}\(/
const RUBY_COMMAND = /^\s*(?:`[^`]+`|%x\(|system\b|exec\b|File\b|Dir\b|IO\b)/
const STATEMENT = new RegExp(
  [
    String.raw`#(?:set|if|foreach|include|parse|evaluate)\s*\(\s*\$|<#(?:assign|list|if|include|import)\b`,
    String.raw`\{(?:if|math|eval|fetch|include)\s[^{}]{0,60}\b(?:phpinfo|system|exec|passthru|shell_exec)\s*\(`,
    String.raw`\{php\}|\$\{\{|<%\s*(?:import|eval|exec|system|require|Runtime|puts|print|out)\b`,
    String.raw`<!--\s{0,20}#(?:exec|include|echo|config|printenv|flastmod|fsize|set|if|elif)\b`,
    String.raw`<esi:(?:include|inline|eval|assign|vars|debug|choose|try|remove)\b|<!--esi\b|\{\s{0,20}\x24?smarty[._]\w`,
    // Look-ups in look-ups spell a word that filters search for.
    String.raw`\x24\{[\w:-]{0,20}(?:\x24\{[^{}\s]{0,60}:-?\w?\}\w{0,3}){2}`,
    String.raw`\{\{\s{0,20}[@#&>!]?\s{0,20}(?:this|constructor|range|lookup)\b[^}]{0,60}[(.]`,
    String.raw`\$(?:\{|%7b)\s*(?:\$\{[^}]{0,20}:?-?j\}?|j)\S{0,20}n\S{0,20}d\S{0,20}i`,
  ].join('|'),
  'i',
)

/**
 * Tells whether a value (a byte string) holds an expression that a server-side template engine
 * would compute: arithmetic on literals, calls and names that reach out of the template, Log4j
 * look-ups, server-side includes. Plain placeholders such as `{{name}}` stay innocent. Null when
 * nothing is found. Time is linear in the input.
 */
export function detectTemplate(input: string): TemplateFinding | null {
  if (!/[{<[@#]/.test(input)) return null
  if (STATEMENT.test(input)) return { reason: 'a template statement or include is added' }
  OPENERS.lastIndex = 0
  for (let found = OPENERS.exec(input); found !== null; found = OPENERS.exec(input)) {
    const reason = judgeBlock(input, found.index)
    if (reason !== null) return { reason }
  }
  return null
}

function judgeBlock(input: string, start: number): string | null {
  const fence = FENCES.find(({ open }) => input.startsWith(open, start))
  if (fence === undefined) return null
  const from = start + fence.open.length
  const rest = input.slice(from, from + MOST_EXPRESSION_BYTES)
  const end = rest.indexOf(fence.close)
  if (end < 0) return null
  const whole = rest.slice(0, end)
  const wrapped = /^[$*#]\{/.test(whole)
  const expression = (wrapped ? whole.slice(2).replace(/\}$/, '') : whole).replace(/^[=-]/, '')
  const plain = fence.common === true && !wrapped
  if (LITERAL_SUM.test(expression) && !(plain && !/[\d)'"]\s?\*\s?[\d('"]/.test(expression)))
    return 'an expression of literals would be computed'
  if (plain) return null
  if (INNER.test(expression)) return 'an expression reaches out of the template'
  if (fence.open === '{{' && PROGRAM.test(expression)) return 'a program stands in a template'
  return fence.ruby === true && RUBY_COMMAND.test(expression) ? 'an expression runs a command' : null
}
