const { charCodeAt } = String.prototype

/**
 * As `text.charCodeAt(at)`, for loops over texts. A library that makes a kind of string of its own (Nunjucks, for one) leaves V8
 * with a prototype of all strings in which it searches for a method at each call.
 */
export function codeAt(text: string, at: number): number {
  return charCodeAt.call(text, at)
}
