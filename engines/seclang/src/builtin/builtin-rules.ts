import type { RuleText } from '../language/parse-rule-set.ts'
import { builtinRuleFiles } from './rule-text.ts'

/**
 * The built-in rule set, ready for `compileRuleSet`: protocol, scanners, injection of all kinds,
 * files and addresses, scripts, uploads, leaks in responses. Anomaly scoring over paranoia levels 1
 * to 4 (`tx.sf_paranoia`, default 1). `SecAction` texts that set its variables go before it.
 */
export const builtinRules: readonly RuleText[] = builtinRuleFiles.map(({ file, lines }) => ({
  file,
  text: `${lines.join('\n')}\n`,
}))
