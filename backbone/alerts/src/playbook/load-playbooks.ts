import type { Json } from '@sevenfold/event'
import { AlertsError } from '../alerts-error.ts'
import { readYamlFiles } from '../rules/rule-files.ts'
import { parsePlaybook } from './parse-playbook.ts'
import { playbookLimits } from './playbook.ts'
import type { Playbook } from './playbook.ts'

/** A playbook that cannot be used, and where it is. */
export interface PlaybookProblem {
  readonly source: string
  readonly message: string
}

/** Reads the playbooks of folders. What cannot be used is named; the others work. */
export async function loadPlaybooks(
  folders: readonly string[],
): Promise<{ readonly playbooks: readonly Playbook[]; readonly problems: readonly PlaybookProblem[] }> {
  const playbooks = new Map<string, Playbook>()
  const problems: PlaybookProblem[] = []
  if (folders.length === 0) return { playbooks: [], problems }
  const { parseYamlStream, yamlLimits } = await import('@sevenfold/yaml')
  for (const folder of folders) {
    for (const { path, text } of readYamlFiles(folder)) {
      for (const { value, errors } of parseYamlStream(text, { ...yamlLimits, maxDocuments: 50 })) {
        const [error] = errors
        if (error === undefined && value === null) continue
        try {
          if (error !== undefined)
            throw new AlertsError('ALERTS_PLAYBOOK', `line ${error.line}: ${error.message}`)
          const playbook = parsePlaybook(value as Json) // maps, lists and scalars, which is what JSON is
          if (playbooks.has(playbook.name))
            throw new AlertsError('ALERTS_PLAYBOOK', `${playbook.name} stands twice`)
          if (playbooks.size >= playbookLimits.maxPlaybooks)
            throw new AlertsError('ALERTS_PLAYBOOK', 'too many playbooks')
          playbooks.set(playbook.name, playbook)
        } catch (cause) {
          problems.push({ source: path, message: cause instanceof Error ? cause.message : String(cause) })
        }
      }
    }
  }
  return { playbooks: [...playbooks.values()], problems }
}
