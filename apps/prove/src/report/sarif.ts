import type { Proof } from '../matrix/run-proof.ts'
import type { ReportExtras } from './report-extras.ts'

/** A finding as SARIF writes it (OASIS SARIF 2.1.0, section 3.27). */
interface SarifResult {
  readonly ruleId: string
  readonly level: 'error' | 'warning'
  readonly message: { readonly text: string }
  readonly locations: readonly unknown[]
  readonly partialFingerprints: Readonly<Record<string, string>>
}

/** Rule of innocent visits that a layer blocks. */
export const benignRule = 'innocent-visit-blocked'

// Viewers want a file: the defence is declared in this one. The attack itself is the logical location.
function locationOf(name: string): unknown {
  return {
    physicalLocation: { artifactLocation: { uri: 'sevenfold.yaml' }, region: { startLine: 1 } },
    logicalLocations: [{ fullyQualifiedName: name }],
  }
}

function depthResult(proof: Proof, extras: ReportExtras, id: string): SarifResult | undefined {
  const point = proof.document.singlePoints.find(({ attack }) => attack === id)
  const fallen = extras.comparison?.fallen.find(({ attack }) => attack === id)
  if (point === undefined && fallen === undefined) return undefined
  const row = proof.rows.find(({ attack }) => attack.id === id)
  const layer = point === undefined ? 'several layers' : (point.layer ?? 'no layer')
  const says = {
    none: 'No layer stops or detects this attack.',
    one: `Only ${layer} stands against this attack.`,
    more: 'More than one layer still stands against this attack.',
  }
  const first = point === undefined ? says.more : point.layer === null ? says.none : says.one
  const then = fallen === undefined ? '' : ` Its depth fell from ${fallen.before} to ${fallen.after}.`
  return {
    ruleId: id,
    level: fallen !== undefined || point?.layer === null ? 'error' : 'warning',
    message: { text: `${row?.attack.title ?? id}. ${first}${then}` },
    locations: [locationOf(`${row?.attack.class ?? ''}/${id}`)],
    partialFingerprints: { 'attackAndLayer/v1': `${id}:${layer}` },
  }
}

function benignResults(proof: Proof): readonly SarifResult[] {
  return proof.benign
    .filter((run) => run.blocked)
    .map(({ name, reason = 'not served' }) => ({
      ruleId: benignRule,
      level: 'error' as const,
      message: { text: `The innocent visit "${name}" is blocked: ${reason}` },
      locations: [locationOf(`innocent/${name}`)],
      partialFingerprints: { 'visit/v1': name },
    }))
}

function rules(proof: Proof): readonly unknown[] {
  const attacks = proof.rows.map(({ attack }) => ({
    id: attack.id,
    shortDescription: { text: attack.title },
    helpUri: `https://cwe.mitre.org/data/definitions/${attack.cwe}.html`,
    properties: {
      tags: [
        'security',
        attack.class,
        `external/cwe/cwe-${attack.cwe}`,
        attack.technique,
        `CAPEC-${attack.capec}`,
      ],
    },
  }))
  const text = 'An innocent visit is blocked'
  return [
    ...attacks,
    { id: benignRule, shortDescription: { text }, properties: { tags: ['false-positive'] } },
  ]
}

/**
 * The findings of a proof as SARIF 2.1.0: attacks against which no layer stands or whose depth fell, and blocked
 * innocent visits, are errors; single points of failure are warnings.
 */
export function sarifReport(proof: Proof, extras: ReportExtras): string {
  const findings = proof.rows.flatMap(({ attack }) => depthResult(proof, extras, attack.id) ?? [])
  const driver = { name: 'sevenfold prove', rules: rules(proof) }
  const run = {
    tool: { driver },
    automationDetails: { id: 'sevenfold-prove/' },
    results: [...findings, ...benignResults(proof)],
    properties: { seed: proof.document.seed },
  }
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`
}
