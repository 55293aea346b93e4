import { createHash } from 'node:crypto'

/** Values that no visitor may ever see. They are new after each reset, so a leak in an answer is proof. */
export interface Secrets {
  /** Row `payment_key` of the table `settings`. */
  readonly paymentKey: string
  /** Content of `private/payment.key` in the data folder. */
  readonly fileKey: string
  /** Password of `admin`. */
  readonly adminPassword: string
  /** Password of the partner `northwind`. */
  readonly partnerPassword: string
  /** Key that the partner's answer carries. */
  readonly partnerKey: string
  /** Text of the review that staff keeps back. */
  readonly heldReview: string
}

/** The secrets of one seed; the same seed gives the same secrets. */
export function makeSecrets(seed: string): Secrets {
  const derive = (name: string): string =>
    createHash('sha256').update(`${seed}\0${name}`).digest('hex').slice(0, 20)
  return {
    paymentKey: `pk_live_${derive('payment')}`,
    fileKey: `fk_live_${derive('file')}`,
    adminPassword: derive('admin'),
    partnerPassword: derive('partner'),
    partnerKey: `partner_${derive('partner-key')}`,
    heldReview: `held-${derive('review')}`,
  }
}
