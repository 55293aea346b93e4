/** Why a value would run code in a server-side template or expression engine. */
export interface TemplateFinding {
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

// Most characters of one expression that are looked at.
const EXPRESSION = String.raw`[^]{0,400}?`
const BLOCK = new RegExp(
  [
    String.raw`\{\{(${EXPRESSION})\}\}`,
    String.raw`[$#*@%]\{(${EXPRESSION})\}`,
    String.raw`\{%(${EXPRESSION})%\}`,
    String.raw`<%[=-]?(${EXPRESSION})%>`,
    String.raw`\[\[(${EXPRESSION})\]\]`,
    String.raw`\{(${EXPRESSION})\}`,
    String.raw`@\((${EXPRESSION})\)`,
  ].join('|'),
  'g',
)

const LITERAL_SUM =
  /^\s*[-+(]*\s*(?:\d+|'[^']{0,20}'|"[^"]{0,20}")\s*[-+*/%~]+\s*(?:\d+|'[^']{0,20}'|"[^"]{0,20}")\s*[)]*(?:\s*[-+*/]\s*\d+)*\s*$/
const INNER =
  /__(?:class|mro|globals|builtins|subclasses|init|import|base|bases|getattribute|code|proto)__|\bconstructor\b|\bgetClass\b|\bforName\b|\bRuntime\b|\bProcessBuilder\b|\bjava\.(?:lang|io|util|net)\b|\bjavax?\.script\b|\bfreemarker\b|\?new\s*\(|\bprocess\b\s*\.|\bmainModule\b|\brequire\s*\(|\bglobal\.|\bchild_process\b|\bos\.(?:popen|system|listdir|environ)|\bsubprocess\b|\bpopen\s*\(|\bsystem\s*\(|\bpassthru\b|\bshell_exec\b|\bexec(?:Sync)?\s*\(|\beval\s*\(|\b_self\b|\bregisterUndefinedFilterCallback\b|\bgetFilter\b|\bconfig\b\s*(?:\.|\[|\||$)|\bself\.\w|\brequest\.(?:application|__|environ|form|args|cookies)|\blipsum\b|\bcycler\b|\bjoiner\b|\burl_for\s*[.[]|\bget_flashed_messages\b|\bnamespace\b\s*\.|\bdump\s*\(\s*app|\bapp\.request\b|\bsettings\.SECRET|\bFile\.(?:open|read)|\bDir\.(?:entries|glob)|\bIO\.popen|\bT\s*\(\s*(?:java|org|javax)|\bjndi\s*:|\b(?:env|sys|java|lower|upper|date|main|ctx)\s*:\s*[\w${:-]|#(?:context|_memberAccess|application|session|cmd|req|res|rt)\b|@java|\bInvokeCommand\b|\bsmarty\b|\bphp\b.{0,40}\bphp\b|\bSystem\.(?:Diagnostics|IO|getProperty)|\bhtml\.raw\b|\breadFile(?:Sync)?\b|\bgetBuiltinModule\b|=>|\bthis\s*\[|\bBuffer\.from\b|\breturn\b|['\"]\s*\+\s*['\"]|\)\s*\(|\bfile_get_contents\b|\bnew\s+Function\b|\.(?:filter|map|reduce|sort)\s*\(\s*['"](?:system|exec|passthru|shell_exec)/i
const RUBY_COMMAND = /^\s*(?:`[^`]+`|%x\(|system\b|exec\b|File\b|Dir\b|IO\b)/
const STATEMENT =
  /#(?:set|if|foreach|include|parse|evaluate)\s*\(\s*\$|<#(?:assign|list|if|include|import)\b|\{php\}|\$\{\{|<%\s*(?:import|eval|exec|system|require|Runtime|puts|print|out)\b|#include\s+|<!--#(?:exec|include|echo|config|printenv|flastmod|fsize|set)\b|\{\{\s*[@#&>!]?\s*(?:this|constructor|range|lookup)\b[^}]{0,60}[(.]|\$(?:\{|%7b)\s*(?:\$\{[^}]{0,20}:?-?j\}?|j)\S{0,20}n\S{0,20}d\S{0,20}i/i

/**
 * Tells whether a value (a byte string) holds an expression that a server-side template engine
 * would compute: arithmetic on literals, calls and names that reach out of the template, Log4j
 * look-ups, server-side includes. Plain placeholders such as `{{name}}` stay innocent. Null when
 * nothing is found. Time is linear in the input.
 */
export function detectTemplate(input: string): TemplateFinding | null {
  if (!/[{<[@#]/.test(input)) return null
  if (STATEMENT.test(input)) return { reason: 'a template statement or include is added' }
  BLOCK.lastIndex = 0
  for (let found = BLOCK.exec(input); found !== null; found = BLOCK.exec(input)) {
    const reason = judgeBlock(found)
    if (reason !== null) return { reason }
  }
  return null
}

function judgeBlock(found: RegExpExecArray): string | null {
  const whole = found.slice(1).find((text) => text !== undefined) ?? ''
  const expression = /^[$*#]\{/.test(whole) ? whole.slice(2).replace(/\}$/, '') : whole
  const plainBraces = found[6] !== undefined
  const brackets = found[5] !== undefined
  if (
    LITERAL_SUM.test(expression) &&
    !((plainBraces || (brackets && expression === whole)) && !/\d\s*\*\s*\d/.test(expression))
  )
    return 'an expression of literals would be computed'
  if (plainBraces || brackets) return null
  if (INNER.test(expression)) return 'an expression reaches out of the template'
  const ruby = found[0].startsWith('#{') || found[0].startsWith('<%')
  return ruby && RUBY_COMMAND.test(expression) ? 'an expression runs a command' : null
}
