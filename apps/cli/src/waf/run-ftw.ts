import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { createSeclangInspector } from '@sevenfold/seclang'
import type { CompiledRuleSet } from '@sevenfold/seclang'
import { readFtwDocument, runFtwTest } from '@sevenfold/seclang/tools'
import type { FtwOutcome, FtwTest } from '@sevenfold/seclang/tools'
import { parseYaml } from '@sevenfold/yaml'
import { environmentError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { loadRules } from './load-rules.ts'

const yamlLimits = { maxBytes: 16 * 1024 * 1024, maxDepth: 32, maxNodes: 500_000, maxDocuments: 1 }

/** Test files below a folder, in order; a file is itself. */
function testFiles(path: string): string[] {
  let entries
  try {
    entries = readdirSync(path, { recursive: true, withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [path]
    throw environmentError(`there are no tests in ${path}`, 'name a folder with --tests', error)
  }
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function readTests(path: string): readonly FtwTest[] {
  const { value, errors } = parseYaml(readFileSync(path, 'utf8'), yamlLimits, 'text')
  const [error] = errors
  if (error !== undefined)
    throw environmentError(`${path}:${error.line}:${error.column}: ${error.message}`, 'mend the test file')
  return readFtwDocument(value, basename(path).replace(/\.ya?ml$/, ''))
}

/** Every test has collections of its own: what one client did must not tell on the next test. */
function run(test: FtwTest, rules: CompiledRuleSet): FtwOutcome {
  try {
    return runFtwTest(test, createSeclangInspector(rules))
  } catch (error) {
    return {
      test: test.id,
      pass: false,
      why: `threw: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

function includeOf(call: Call): RegExp {
  try {
    return new RegExp(call.text('include') ?? '')
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw usageError(`--include: ${message}`, "for example --include '^9421'")
  }
}

/** Runs CRS regression tests, one answer a line. Resolves to 1 when one fails. */
export async function runFtw(call: Call): Promise<number> {
  const folders = call.texts('tests').map((path) => resolve(call.io.cwd, path))
  if (folders.length === 0)
    throw usageError('--tests is missing', 'for example --tests crs/tests/regression/tests')
  const include = includeOf(call)
  const rules = loadRules(call, 'test')
  let [passed, failed] = [0, 0]
  for (const file of folders.flatMap(testFiles)) {
    for (const test of readTests(file)) {
      if (!include.test(test.id)) continue
      const outcome = run(test, rules)
      if (outcome.pass) passed += 1
      else failed += 1
      if (!outcome.pass || !call.flag('failed')) call.io.out(JSON.stringify(outcome))
    }
  }
  call.io.note(`${passed} passed, ${failed} failed`)
  return failed === 0 ? exitCodes.ok : exitCodes.findings
}
