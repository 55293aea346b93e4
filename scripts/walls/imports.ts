import { readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'

/** One import or re-export of a module. `typeOnly` is true when nothing of it remains at run time. */
export interface ModuleImport {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

function lineOf(text: string, offset: number): number {
  let line = 1
  for (let i = 0; i < offset && i < text.length; i += 1) if (text.charCodeAt(i) === 10) line += 1
  return line
}

/** All static imports, re-exports and literal dynamic imports of a TypeScript file. */
export function importsOf(file: string): readonly ModuleImport[] {
  const text = readFileSync(file, 'utf8')
  const parsed = parseSync(file, text)
  if (parsed.errors.length > 0)
    throw new Error(`parse ${file}: ${parsed.errors[0]?.message ?? 'syntax error'}`)
  const found: ModuleImport[] = []
  for (const item of parsed.module.staticImports) {
    const typeOnly = item.entries.length > 0 && item.entries.every((entry) => entry.isType)
    found.push({ specifier: item.moduleRequest.value, typeOnly, line: lineOf(text, item.start) })
  }
  for (const item of parsed.module.staticExports) {
    const requests = item.entries.filter((entry) => entry.moduleRequest !== null)
    const specifier = requests[0]?.moduleRequest?.value
    if (specifier === undefined) continue
    found.push({
      specifier,
      typeOnly: requests.every((entry) => entry.isType),
      line: lineOf(text, item.start),
    })
  }
  for (const item of parsed.module.dynamicImports) {
    const quoted = text.slice(item.moduleRequest.start, item.moduleRequest.end)
    const literal = /^(['"])(.*)\1$/s.exec(quoted)
    if (literal?.[2] !== undefined)
      found.push({ specifier: literal[2], typeOnly: false, line: lineOf(text, item.start) })
  }
  return found
}
