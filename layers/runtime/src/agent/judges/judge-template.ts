import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { findWholeZones } from '../inputs/zones.ts'

// What template engines read as code: tags of ejs, mustache, nunjucks, pug, velocity, dot and their like.
const tag = /<%|\{\{|\{%|#\{|!\{|\$\{|\[\[=|@\(|^\s*[-!]?=|\n\s*-\s/

/** Longest template that is judged. */
const longestTemplate = 1_048_576

/** Judges the source of a template: does an input bring a tag of its own? */
export function judgeTemplate(template: string, inputs: Iterable<string>): Finding | null {
  if (template.length > longestTemplate || !tag.test(template)) return null
  const hostile = [...inputs].filter((input) => input.length > 3 && tag.test(input))
  const [zone] = findWholeZones(template, hostile)
  return zone === undefined
    ? null
    : finding(
        'template-injection',
        template.slice(zone.start, zone.end),
        'an input brings code into a template',
      )
}
