import type { AttackRow, BenignRun } from '../matrix/make-document.ts'
import { judgesAlone } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { cellText } from './cell-text.ts'
import { escapeXml } from './escape-xml.ts'
import type { ReportExtras } from './report-extras.ts'

interface TestCase {
  readonly name: string
  readonly outcome: { readonly kind: 'passed' | 'failure' | 'error' | 'skipped'; readonly message: string }
}

const passed = { kind: 'passed', message: '' } as const

function attackCase(row: AttackRow, proof: Proof, extras: ReportExtras): TestCase {
  const { id, title } = row.attack
  const name = `${id}: ${title}`
  if (!row.valid) return { name, outcome: { kind: 'skipped', message: 'does not work with no layer' } }
  const depth = judgesAlone(row, proof.plan).length
  const fallen = extras.comparison?.fallen.find((change) => change.attack === id)
  if (fallen !== undefined) {
    return {
      name,
      outcome: { kind: 'failure', message: `depth fell from ${fallen.before} to ${fallen.after}` },
    }
  }
  if (depth < extras.minDepth) {
    return { name, outcome: { kind: 'failure', message: `depth ${depth} is under ${extras.minDepth}` } }
  }
  const all = cellText(row.cells.get(proof.plan.all.name))
  return { name, outcome: { kind: 'passed', message: `depth ${depth}; with all layers: ${all}` } }
}

function benignCase({ name, blocked, reason = 'not served' }: BenignRun): TestCase {
  return { name, outcome: blocked ? { kind: 'failure', message: `blocked: ${reason}` } : passed }
}

function caseText({ name, outcome }: TestCase, suite: string): string {
  const open = `    <testcase classname="sevenfold.${escapeXml(suite)}" name="${escapeXml(name)}" time="0"`
  const message = escapeXml(outcome.message)
  if (outcome.kind !== 'passed') return `${open}><${outcome.kind} message="${message}"/></testcase>`
  return message === '' ? `${open}/>` : `${open}><system-out>${message}</system-out></testcase>`
}

function counts(cases: readonly TestCase[]): string {
  const count = (kind: TestCase['outcome']['kind']): number =>
    cases.filter(({ outcome }) => outcome.kind === kind).length
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`
}

function suiteText(name: string, cases: readonly TestCase[]): readonly string[] {
  if (cases.length === 0) return []
  return [
    `  <testsuite name="${escapeXml(name)}" ${counts(cases)} time="0">`,
    ...cases.map((one) => caseText(one, name)),
    '  </testsuite>',
  ]
}

/**
 * The proof for test reports of pipelines: one suite for each class of attack, one for innocent visits, one for
 * errors of the test itself. Something in it fails exactly when the command ends with 1.
 */
export function junitReport(proof: Proof, extras: ReportExtras): string {
  const classes = [...new Set(proof.rows.map((row) => row.attack.class))]
  const suites: readonly (readonly [string, readonly TestCase[]])[] = [
    ...classes.map((name) => {
      const rows = proof.rows.filter((row) => row.attack.class === name)
      return [name, rows.map((row) => attackCase(row, proof, extras))] as const
    }),
    ['innocent visits', proof.benign.map(benignCase)],
    [
      'the test itself',
      proof.problems.map((name) => ({ name, outcome: { kind: 'error', message: name } as const })),
    ],
  ]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sevenfold prove" ${counts(suites.flatMap(([, cases]) => cases))} time="0">`,
    ...suites.flatMap(([name, cases]) => suiteText(name, cases)),
    '</testsuites>',
    '',
  ].join('\n')
}
