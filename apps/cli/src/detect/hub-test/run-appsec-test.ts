import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileAppsecRule, compileRuleSet, createSeclangInspector, noRuleFiles } from '@sevenfold/seclang'
import { readNuclei, runNucleiTemplate } from '@sevenfold/seclang/tools'
import { parseYaml } from '@sevenfold/yaml'
import type { HubTestConfig } from './test-config.ts'

// What every AppSec configuration of the hub has in front.
const base = 'appsec-rules/crowdsecurity/base-config.yaml'
const engineText = 'SecRuleEngine On\nSecRequestBodyAccess On\n'

function read(path: string): unknown {
  const { value, errors } = parseYaml(readFileSync(path, 'utf8'))
  const [problem] = errors
  if (problem !== undefined) throw new Error(`${path}:${problem.line}:${problem.column}: ${problem.message}`)
  return value
}

/** Rules are named by path or by `author/name`. */
function ruleFile(name: string): string {
  const path = name.replace(/^\.\//u, '')
  return path.startsWith('appsec-rules/') ? path : `appsec-rules/${path}.yaml`
}

/** Sends the requests of an AppSec test to its rules; true when they get the answers that it expects. Throws an `Error` for files that are not there. */
export function runAppsecTest(config: HubTestConfig, testFolder: string, hubRoot: string): boolean {
  const rules = new Set([base, ...config.appsecRules.map(ruleFile)])
  const texts = [...rules].map((path) => ({
    file: path,
    text: compileAppsecRule(read(join(hubRoot, path))).seclang,
  }))
  const ruleSet = compileRuleSet([{ file: 'engine', text: engineText }, ...texts], { files: noRuleFiles })
  const template = readNuclei(read(join(testFolder, config.nucleiTemplate)))
  return runNucleiTemplate(createSeclangInspector(ruleSet), template) !== config.expectFailure
}
