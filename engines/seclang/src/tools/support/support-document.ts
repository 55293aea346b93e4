import { languageSupport } from './language-support.ts'
import type { SupportEntry } from './language-support.ts'

/** The tables of docs/waf.md, between its marks; a test compares them with the file. */
export function supportTables(): string {
  const support = languageSupport()
  return [
    table('Directives', support.directives),
    table('Variables', support.variables),
    table('Operators', support.operators, '@'),
    table('Transformations', support.transformations, 't:'),
    table('Actions', support.actions),
    table('Options of ctl', support.controls, 'ctl:'),
  ].join('\n')
}

function table(title: string, entries: readonly SupportEntry[], prefix = ''): string {
  const yes = entries.filter((entry) => entry.status === 'yes')
  const rest = entries.filter((entry) => entry.status !== 'yes')
  const names = yes.map((entry) => `\`${prefix}${entry.name}\``).join(', ')
  const lines = [`### ${title}`, '', `Supported (${yes.length}): ${names}.`, '']
  if (rest.length === 0) return lines.join('\n')
  lines.push('| name | status | why |', '| --- | --- | --- |')
  for (const { name, status, note } of rest) lines.push(`| \`${prefix}${name}\` | ${status} | ${note} |`)
  return `${lines.join('\n')}\n`
}
