/** True for a source of the application; packages are followed by what they call. */
export function isOwnSource(file: string): boolean {
  return !/[/\\]node_modules[/\\]/.test(file)
}
