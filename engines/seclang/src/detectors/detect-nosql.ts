/** Why a value would change a query of a document database. */
export interface NosqlFinding {
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

const OPERATORS =
  'eq|ne|gt|gte|lt|lte|in|nin|and|or|nor|not|exists|type|expr|jsonSchema|mod|regex|options|text|where|all|elemMatch|size|' +
  'bitsAllClear|bitsAllSet|bitsAnyClear|bitsAnySet|comment|rand|natural|geoIntersects|geoWithin|near|nearSphere|slice|meta|' +
  'set|unset|inc|push|pull|pop|addToSet|rename|setOnInsert|currentDate|match|lookup|merge|out|function|accumulator|group|project|unionWith|func'
// A key: quoted, first in an object, in brackets of a parameter name, or the last part of a path.
const KEY = new RegExp(
  String.raw`(?:["']\s*\$(?:${OPERATORS})\s*["']\s*:|\{\s*\$(?:${OPERATORS})\s*:|\[\s*["']?\$(?:${OPERATORS})["']?\s*\]|^\$(?:${OPERATORS})$|\.\$(?:${OPERATORS})(?:\.[\w.]*)?$)`,
  'i',
)
const SCRIPT =
  /(?:^|[\s'";,(){}|&])(?:this\.[\w[\]'"]{1,64}\s*(?:={2,3}|!=|\.match\s*\(|<|>)|db\.(?:getCollection|\w{1,64}\.(?:find|insert|update|remove|drop|aggregate|mapReduce))\b|ObjectId\s*\(|(?:return(?:\s+|\s*\()(?:true|1|this)|while\s*\(\s*(?:1|true)\s*\)|sleep\s*\(\s*\d+\s*\))\s*\)?\s*[;})]|while\s*\(\s*(?:1|true)\s*\)\s*\{)/
const QUOTE_LEFT = /['"]\s*(?:;|\)|\}|\|\||&&|,\s*\$)/
const ALWAYS_TRUE =
  /['"]\s{0,20}(?:\|\||&&)\s{0,20}(?:['"]?\w{0,20}['"]?\s{0,20}(?:={2,3}|!={1,2}|>|<)\s{0,20}['"]?\w{0,20}|true|1|!?this\b)/
const CUT = /['"]\s*[;})]{1,4}\s*(?:\/\/|\/\*|\x00|%00|<!--)|\x00|%00$/

/**
 * Tells whether a value or parameter name (a byte string) holds an operator of a document database
 * (`user[$ne]`, `{"$gt": ""}`) or JavaScript for its server-side evaluation. GraphQL variables and
 * `$first` in prose stay innocent. Null when nothing is found. Time is linear in the input.
 */
export function detectNoSQL(input: string): NosqlFinding | null {
  if (input.includes('$') && KEY.test(input))
    return { reason: 'a query operator stands where a value belongs' }
  if (/(?:^|,)\s*\$(?:where|or|and|ne|gt|regex|expr)\s*:\s*(?:['"{]|\[\s*\{)/.test(input))
    return { reason: 'a query operator stands where a value belongs' }
  if (!/['"(]|this\.|db\./.test(input)) return null
  const script = SCRIPT.test(input)
  if (ALWAYS_TRUE.test(input) && (script || /={2,3}|!==?/.test(input)) && isShort(input))
    return { reason: 'a condition that is always true is added' }
  if (script && isShort(input) && !input.includes('\n') && (QUOTE_LEFT.test(input) || CUT.test(input)))
    return { reason: 'a script of the database is extended' }
  if (
    /^[\w@. -]{0,40}['"]\s{0,20}[;})]{1,4}\s{0,20}(?:var\s{1,9}\w{1,40}\s{0,9}=|\w{1,20}\s{0,9}=\s{0,9}(?:new|Date|function)\b|do\s{0,9}\{|while\s{0,9}\(|for\s{0,9}\(|if\s{0,9}\(|sleep\s{0,9}\(\s{0,9}\d)|^[\w.-]{0,40};\s{0,9}sleep\s{0,9}\(\s{0,9}\d+\s{0,9}\)/.test(
      input,
    ) &&
    isShort(input)
  )
    return { reason: 'a script of the database is extended' }
  if (
    /^\s*(?:db\.\w{1,64}\.(?:find|insert|update|remove|drop|aggregate)\w*\s*\(|this\.\w{1,64}(?:\.\w{1,32}){0,3}\s*(?:[=!]={1,2}|[<>]=?)|\$where\b|function\s*\(\s*\)\s*\{\s*(?:return|sleep|while|var))/.test(
      input,
    )
  )
    return { reason: 'a script stands where a value belongs' }
  return null
}

/** Conditions of an attack are short; code that people post is long. */
function isShort(input: string): boolean {
  return input.length <= 200
}
