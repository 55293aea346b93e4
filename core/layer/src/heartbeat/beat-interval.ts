import { heartbeatIntervalSeconds } from '@sevenfold/event'

/** Greatest factor by which a drill may hurry. */
export const maxDrillScale = 10

/**
 * By how much times are divided in a drill (`SEVENFOLD_DRILL_SCALE`, 1 to 10): beats come faster, never slower, so that
 * the variable cannot be used to hide behind rare ones.
 */
export function drillScale(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const scale = Number(env['SEVENFOLD_DRILL_SCALE'] ?? 1)
  return scale >= 1 && scale <= maxDrillScale ? scale : 1
}

/** Milliseconds between two heartbeats. */
export function beatIntervalMs(env?: Readonly<Record<string, string | undefined>>): number {
  return (heartbeatIntervalSeconds * 1000) / drillScale(env)
}
