import { isAbsolute, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { weaknesses } from './weakness.ts'
import type { Weakness, WeaknessName } from './weakness.ts'

/** One weakness of a report with the requests that showed it. */
export interface Reported {
  readonly weakness: Weakness
  readonly requests: readonly string[]
  readonly count: number
}

function locationOf(place: string, message: string): object {
  const [, file = '', line = '1', column = '1'] = /^(.*):(\d+):(\d+)$/.exec(place) ?? []
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file
  const uri = path.startsWith('..') ? pathToFileURL(file).href : path.split('\\').join('/')
  return {
    message: { text: message },
    ...(file === ''
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri },
            region: { startLine: Number(line), startColumn: Number(column) },
          },
        }),
  }
}

function flowOf({ source, steps = [], place, sink }: Weakness): object {
  if (source === undefined) return {}
  const named = source.name === '' ? source.kind : `${source.kind} "${source.name}"`
  const locations = [
    { location: locationOf('', `input: ${named}`), importance: 'essential' },
    ...steps.map((step) => ({ location: locationOf(step.place, step.operation) })),
    { location: locationOf(place, `sink: ${sink}`), importance: 'essential' },
  ]
  return { codeFlows: [{ threadFlows: [{ locations }] }] }
}

/** A report in SARIF 2.1.0 (OASIS): one result for each weakness and place, with the way from source to sink. */
export function toSarif(list: readonly Reported[], version: string): object {
  const names = [...new Set(list.map(({ weakness }) => weakness.name))].toSorted()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sevenfold',
            version,
            rules: names.map((name: WeaknessName) => ({
              id: name,
              shortDescription: { text: weaknesses[name].text },
              properties: { tags: ['security', weaknesses[name].cwe] },
              defaultConfiguration: { level: weaknesses[name].level },
            })),
          },
        },
        results: list.map(({ weakness, requests, count }) => ({
          ruleId: weakness.name,
          ruleIndex: names.indexOf(weakness.name),
          level: weaknesses[weakness.name].level,
          message: { text: `${weaknesses[weakness.name].text}: ${weakness.detail}` },
          locations: weakness.place === '' ? [] : [locationOf(weakness.place, weakness.sink)],
          ...flowOf(weakness),
          occurrenceCount: count,
          properties: { sink: weakness.sink, requests },
        })),
      },
    ],
  }
}
