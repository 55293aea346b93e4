import { createHmac } from 'node:crypto'

/** Matched data in an event is cut to this many characters. */
export const maxMatchedLength = 200

const secretNames =
  /(?:^|[^a-z])(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|jwt|bearer|api-?key|apikey|auth|authorization|cookie|session(?:id)?|sid|sessid|csrf|xsrf|otp|totp|pin|cvv|cvc|iban|ssn|private-?key|access-?key|client-?secret|credentials?|signature|card(?:-?number)?|pan)(?:[^a-z]|$)/

/** True when a header, parameter or cookie of this name carries a secret: its value is hashed, never stored. */
export function isSecretName(name: string): boolean {
  if (name.length > 256) return true
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[_\s.[\]]+/g, '-')
  return secretNames.test(words)
}

/** Makes keyed hashes, so that equal secrets can be linked within one installation and guessed by nobody. */
export interface Redactor {
  /** `hmac:` and 16 hex digits; empty text stays empty. */
  hash(value: string): string
  /** Query string or form body with the values of secret-named parameters hashed and card numbers hidden. */
  query(text: string): string
  /** Free text with card numbers hidden, cut to `max` characters. */
  text(text: string, max?: number): string
}

const cardLike = /(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])/g

/** Luhn check (ISO/IEC 7812-1 annex B) over 13 to 19 digits. */
export function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, '')
  if (!/^[0-9]{13,19}$/.test(digits)) return false
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text // a broken escape cannot hide a name: the raw text is judged instead
  }
}

/** A redactor with the installation's own key (at least 16 bytes). */
export function createRedactor(key: Uint8Array): Redactor {
  const hash = (value: string): string =>
    value === '' ? '' : `hmac:${createHmac('sha256', key).update(value).digest('hex').slice(0, 16)}`
  const hideCards = (text: string): string =>
    text.replaceAll(cardLike, (digits) => (isCardNumber(digits) ? hash(digits) : digits))
  const query = (text: string): string => {
    if (text === '') return text
    const parts = text.split('&').map((part) => {
      const split = part.indexOf('=')
      if (split < 0) return hideCards(part)
      const name = part.slice(0, split)
      const value = part.slice(split + 1)
      return `${name}=${isSecretName(decodeName(name)) ? hash(value) : hideCards(value)}`
    })
    return parts.join('&')
  }
  return {
    hash,
    query,
    text: (text, max = maxMatchedLength) => {
      const shown = hideCards(text)
      return shown.length > max ? shown.slice(0, max) : shown
    },
  }
}
