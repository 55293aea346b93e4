const isAscii = /^[\0-\x7f]*$/

/** Go's strings.ToUpper: letter by letter, so that `ß` stays as it is. */
export function goUpper(text: string): string {
  return isAscii.test(text) ? text.toUpperCase() : byLetter(text, (letter) => letter.toUpperCase())
}

/** Go's strings.ToLower: letter by letter. */
export function goLower(text: string): string {
  return isAscii.test(text) ? text.toLowerCase() : byLetter(text, (letter) => letter.toLowerCase())
}

function byLetter(text: string, change: (letter: string) => string): string {
  let made = ''
  for (const letter of text) {
    const changed = change(letter)
    // A change into several letters is none that Go makes.
    made += [...changed].length === 1 ? changed : letter
  }
  return made
}
