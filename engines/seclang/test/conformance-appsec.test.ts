import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import {
  compileAppsecConfig,
  compileAppsecRule,
  compileRuleSet,
  createSeclangInspector,
  noRuleFiles,
} from '../src/index.ts'
import { readNuclei, runNucleiTemplate } from '../src/tools/index.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const hub = join(shared, 'hub')
const hasHub = existsSync(join(hub, 'appsec-tests'))

/** Tests that fail, with the reason; one that passes again fails the run. */
const known: Readonly<Record<string, string>> = {}

function read(path: string): unknown {
  return parse(readFileSync(path, 'utf8'))
}

const base = 'appsec-rules/crowdsecurity/base-config.yaml'

function isTest(name: string): boolean {
  return existsSync(join(hub, 'appsec-tests', name, 'config.yaml'))
}

/** Rules are named by path or by `author/name`. */
function ruleFile(name: string): string {
  const path = name.replace(/^\.\//, '')
  return path.startsWith('appsec-rules/') ? path : `appsec-rules/${path}.yaml`
}

function runTest(name: string): boolean {
  const folder = join(hub, 'appsec-tests', name)
  const config = read(join(folder, 'config.yaml')) as {
    'appsec-rules': readonly string[]
    nuclei_template: string
  }
  const rules = new Set([base, ...config['appsec-rules'].map(ruleFile)])
  const texts = [...rules].map((path) => ({
    file: path,
    text: compileAppsecRule(read(join(hub, path))).seclang,
  }))
  const engine = { file: 'engine', text: 'SecRuleEngine On\nSecRequestBodyAccess On\n' }
  const inspector = createSeclangInspector(compileRuleSet([engine, ...texts], { files: noRuleFiles }))
  return runNucleiTemplate(inspector, readNuclei(read(join(folder, config.nuclei_template))))
}

describe.skipIf(!hasHub)("the hub's AppSec data (needs ../shared/hub)", () => {
  const folder = join(hub, 'appsec-rules', 'crowdsecurity')
  const files = hasHub ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : []

  it('compiles as a whole', () => {
    for (const file of files) expect(() => compileAppsecRule(read(join(folder, file))), file).not.toThrow()
    expect(files.length).toBeGreaterThan(200)
  })

  it('loads as one rule set, with ids of their own', () => {
    const texts = files.map((file) => ({ file, text: compileAppsecRule(read(join(folder, file))).seclang }))
    expect(() => compileRuleSet(texts, { files: noRuleFiles })).not.toThrow()
  })

  it('puts the default configuration together', () => {
    const rules = new Map(
      files.map((file) => read(join(folder, file)) as { name: string }).map((rule) => [rule.name, rule]),
    )
    const config = compileAppsecConfig(
      read(join(hub, 'appsec-configs', 'crowdsecurity', 'appsec-default.yaml')),
      rules,
    )
    expect(config.remediation).toBe('ban')
    expect(config.inband.split('\n').length).toBeGreaterThan(300)
  })

  const tests = hasHub ? readdirSync(join(hub, 'appsec-tests')).filter(isTest) : []
  it('passes its own tests', () => {
    const failed = tests.filter((name) => !runTest(name))
    process.stdout.write(`hub AppSec tests: ${tests.length - failed.length} of ${tests.length}\n`)
    if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`)
    expect(failed).toEqual(Object.keys(known))
  })
})
