import { defineAttack } from '../attack/attack.ts'
import type { Attack } from '../attack/attack.ts'
import type { TargetProbe } from '../target/probe.ts'
import { isRefusal } from '../target/refusal.ts'

/**
 * Probes as attacks of a matrix. What the system does with them is unknown, so reaching it is success: the attack
 * works when it is let through, and is valid when the system itself, with no layer, does not refuse it.
 */
export function probeAttacks(probes: readonly TargetProbe[]): readonly Attack[] {
  // A client that speaks proper HTTP cannot send a message with two lengths.
  return probes
    .filter((probe) => probe.class !== 'smuggling')
    .map(({ attack, twin, ...facts }) =>
      defineAttack({
        ...facts,
        steps: ({ visitor }) => visitor.send(attack),
        oracle: ({ status }) => !isRefusal(status),
        twin: ({ visitor }) => visitor.send(twin),
        twinServed: ({ status }) => status < 500 && !isRefusal(status),
      }),
    )
}
