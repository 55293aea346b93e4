import { z } from 'zod'

/** Steps of the edge's fixed order of judgement that can be switched one by one. */
export const stepNames = ['limits', 'ban', 'rate', 'challenge', 'schema', 'waf', 'response'] as const

/** One step of the edge's order of judgement. */
export type StepName = (typeof stepNames)[number]

/** `off`, `monitor` (judge and record, never act) or `enforce`. */
export function mode() {
  return z.enum(['off', 'monitor', 'enforce'])
}
