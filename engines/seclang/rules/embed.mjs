// Writes src/builtin/rule-text.ts from the rule files of this folder: engines read no files.
// usage: node engines/seclang/rules/embed.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('./', import.meta.url)
const target = new URL('../src/builtin/rule-text.ts', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.conf'))
  .sort()
const entries = names.map((name) => {
  const lines = readFileSync(new URL(name, folder), 'utf8').trimEnd().split('\n')
  return `  {\n    file: ${JSON.stringify(`builtin/${name}`)},\n    lines: [\n${lines.map((line) => `      ${JSON.stringify(line)},`).join('\n')}\n    ],\n  },`
})
writeFileSync(
  target,
  `// Generated from rules/*.conf by rules/embed.mjs; do not edit.\n\n/** One file of the built-in rule set, line by line. */\nexport interface BuiltinRuleFile {\n  readonly file: string\n  readonly lines: readonly string[]\n}\n\n/** The files of the built-in rule set in the order they are read. */\nexport const builtinRuleFiles: readonly BuiltinRuleFile[] = [\n${entries.join('\n')}\n]\n`,
)
