import type { EventDraft, Finding, JsonObject, TraceStep } from '@sevenfold/event'
import { isJsonObject } from '@sevenfold/event'

/** A weakness that a test run found, as its sensor tells it. */
export interface FindingFacts {
  readonly finding: Finding
  /** Source, way and sink of the input. */
  readonly trace: readonly TraceStep[]
  readonly site: string
  readonly method: string
  readonly path: string
}

const maxSteps = 26
const severities: readonly Finding['severity'][] = ['info', 'low', 'medium', 'high', 'critical']

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function textAt(object: JsonObject, key: string, max: number): string {
  const value = object[key]
  return typeof value === 'string' ? value.slice(0, max) : ''
}

/** Facts of a finding; undefined for another draft. A sensor speaks of test runs only, and opens findings only. */
export function findingFactsOf(draft: EventDraft, service: string): FindingFacts | undefined {
  const event = draft as unknown as JsonObject
  const own = objectAt(event, 'sevenfold')
  const told = objectAt(own, 'finding')
  const control = textAt(told, 'control', 128)
  if (textAt(own, 'kind', 32) !== 'finding' || !control.startsWith('iast/')) return undefined
  const severity = severities.find((known) => known === told['severity']) ?? 'info'
  const resource = textAt(told, 'resource', 512)
  const steps = Array.isArray(own['trace']) ? own['trace'].filter(isJsonObject).slice(0, maxSteps) : []
  return {
    finding: {
      control,
      severity,
      status: 'open',
      summary: textAt(told, 'summary', 512),
      ...(resource === '' ? {} : { resource }),
    },
    trace: steps.map((step) => ({
      step: textAt(step, 'step', 256),
      verdict: textAt(step, 'verdict', 32),
      detail: textAt(step, 'detail', 512),
    })),
    site: service,
    method: textAt(objectAt(objectAt(event, 'http'), 'request'), 'method', 32),
    path: textAt(objectAt(event, 'url'), 'path', 1_024),
  }
}
