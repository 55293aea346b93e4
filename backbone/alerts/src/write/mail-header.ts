/** Longest subject, in characters. */
export const maxSubjectLength = 200

/** A header's value: without line ends and controls nobody can add a header or a body of their own (RFC 5322, 2.2). */
export function headerText(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim()
    .slice(0, maxSubjectLength)
}
