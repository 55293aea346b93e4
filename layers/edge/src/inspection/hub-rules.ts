import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { compileAppsecConfig } from '@sevenfold/seclang'
import type { RuleText } from '@sevenfold/seclang'
import { parseYaml } from '@sevenfold/yaml'
import { readRuleFile } from './disk-rule-files.ts'

/** The configuration of a hub that is used when none is named. */
export const defaultAppsecConfig = 'crowdsecurity/appsec-default'
/** Most documents of one kind in a hub. */
export const maxHubDocuments = 4096

const engineText = 'SecRuleEngine On\nSecRequestBodyAccess On\n'

/** The documents in `<folder>/<author>/<name>.yaml` by the name that each has in it. */
function documentsIn(folder: string): ReadonlyMap<string, unknown> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$/.test(path))
    .toSorted()
  if (paths.length > maxHubDocuments) throw new Error(`${folder}: more than ${maxHubDocuments} documents`)
  const documents = new Map<string, unknown>()
  for (const path of paths) {
    const file = join(folder, path)
    const { value, errors } = parseYaml(Buffer.from(readRuleFile(file), 'latin1').toString('utf8'))
    const [problem] = errors
    if (problem !== undefined)
      throw new Error(`${file}:${problem.line}:${problem.column}: ${problem.message}`)
    const name = isJsonObject(value) ? value['name'] : undefined
    if (typeof name !== 'string') throw new Error(`${file}: has no name`)
    documents.set(name, value)
  }
  return documents
}

function seclangFile(hub: string, name: string): RuleText {
  const found = [join(hub, 'data', name), join(hub, name)].find(existsSync)
  if (found === undefined) throw new Error(`${hub}: the rules name ${name}, which is not in data/`)
  return { file: found, text: readRuleFile(found) }
}

/**
 * The rules of an AppSec configuration of a CrowdSec hub that refuse requests; those that only report (`outofband_rules`)
 * are left out, and so are hooks.
 * @param source `<folder>` or `<folder>#<name>`; the folder holds `appsec-configs` and `appsec-rules`.
 * @throws Error when the folder, the configuration or a rule cannot be used.
 */
export function hubRules(source: string): readonly RuleText[] {
  const mark = source.lastIndexOf('#')
  const hub = resolve(mark < 0 ? source : source.slice(0, mark))
  const name = mark < 0 ? defaultAppsecConfig : source.slice(mark + 1)
  const configs = documentsIn(join(hub, 'appsec-configs'))
  const config = configs.get(name)
  if (!isJsonObject(config)) {
    throw new Error(
      `${hub}: no AppSec configuration is called ${name}; there are ${[...configs.keys()].join(', ')}`,
    )
  }
  const { outofband_rules: _, ...inband } = config
  const compiled = compileAppsecConfig(inband, documentsIn(join(hub, 'appsec-rules')))
  return [
    { file: 'engine-settings', text: engineText },
    { file: `hub:${name}`, text: compiled.inband },
    ...compiled.files.map((file) => seclangFile(hub, file)),
  ]
}
