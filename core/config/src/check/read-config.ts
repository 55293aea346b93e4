import { parseYaml } from '@sevenfold/yaml'
import type { ParsedYaml } from '@sevenfold/yaml'
import { fileSchema } from '../schema/file.ts'
import type { SevenfoldFile } from '../schema/file.ts'
import { crossCheck } from './cross-check.ts'
import { explainIssue } from './explain-issue.ts'
import type { Finding } from './explain-issue.ts'
import { pathText } from './problem.ts'
import type { ConfigProblem } from './problem.ts'

/** A configuration that is right as a whole, or everything that is wrong with it, in the order of the text. */
export type ReadConfig =
  | { readonly ok: true; readonly config: SevenfoldFile; readonly problems: readonly [] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined
    current = (current as Record<PropertyKey, unknown>)[segment]
  }
  return current
}

function place(finding: Finding, file: string, yaml: ParsedYaml): ConfigProblem {
  const path = finding.path.filter((segment): segment is string | number => typeof segment !== 'symbol')
  const { code, message, hint } = finding
  return {
    code,
    file,
    ...yaml.at(path, finding.what),
    path: pathText(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  }
}

function inTextOrder(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...problems].sort(
    (a, b) => a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1),
  )
}

/**
 * Reads the text of sevenfold.yaml. All problems come at once, each with its place and, where one is near, the key
 * that was probably meant. `file` only names the file in problems; nothing is read from disk. Never throws.
 */
export function readConfig(text: string, file: string): ReadConfig {
  const yaml = parseYaml(text)
  if (yaml.errors.length > 0) {
    const problems = yaml.errors.map(({ line, column, message }): ConfigProblem => {
      return { code: 'CONFIG_SYNTAX', file, line, column, path: '', message }
    })
    return { ok: false, problems: inTextOrder(problems) }
  }
  const value = yaml.value ?? Object.create(null)
  const parsed = fileSchema.safeParse(value)
  const findings = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => explainIssue(issue, valueAt(value, issue.path))),
    ...crossCheck(value),
  ]
  if (parsed.success && findings.length === 0) return { ok: true, config: parsed.data, problems: [] }
  return { ok: false, problems: inTextOrder(findings.map((finding) => place(finding, file, yaml))) }
}
