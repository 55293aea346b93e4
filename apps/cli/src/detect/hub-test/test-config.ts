import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { parseYaml } from '@sevenfold/yaml'

/** `config.yaml` of a hub test. Keys that the hub's own runner does not know are passed over, as there. */
export interface HubTestConfig {
  readonly parsers: readonly string[]
  readonly scenarios: readonly string[]
  readonly postoverflows: readonly string[]
  readonly appsecRules: readonly string[]
  readonly nucleiTemplate: string
  readonly expectFailure: boolean
  readonly logFile: string
  readonly logType: string
  readonly labels: Readonly<Record<string, string>>
  readonly ignoreParsers: boolean
  readonly overrideStatics: readonly unknown[]
  readonly ownDataDir: boolean
}

// The hub's runner gives these databases of their own without being told.
const withOwnData = new Set(['magento-ccs-by-as', 'magento-ccs-by-country', 'geoip-enrich'])

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Whether a folder holds a test. */
export function isHubTest(folder: string): boolean {
  return existsSync(join(folder, 'config.yaml'))
}

/** Reads the configuration of a test. Throws an `Error` when it is no YAML. */
export function readHubTestConfig(folder: string, name: string): HubTestConfig {
  const parsed = parseYaml(readFileSync(join(folder, 'config.yaml'), 'utf8'))
  const [problem] = parsed.errors
  if (problem !== undefined)
    throw new Error(`config.yaml:${problem.line}:${problem.column}: ${problem.message}`)
  const value = isJsonObject(parsed.value) ? parsed.value : {}
  const labels = isJsonObject(value['labels']) ? Object.entries(value['labels']) : []
  return {
    parsers: texts(value['parsers']),
    scenarios: texts(value['scenarios']),
    postoverflows: texts(value['postoverflows']),
    appsecRules: texts(value['appsec-rules']),
    nucleiTemplate: text(value['nuclei_template']),
    expectFailure: value['expect_failure'] === true,
    logFile: text(value['log_file']),
    logType: text(value['log_type']),
    labels: Object.fromEntries(
      labels.map(([key, item]) => [key, typeof item === 'string' ? item : JSON.stringify(item)]),
    ),
    ignoreParsers: value['ignore_parsers'] === true,
    overrideStatics: Array.isArray(value['override_statics']) ? value['override_statics'] : [],
    ownDataDir: value['own_data_dir'] === true || withOwnData.has(name),
  }
}
