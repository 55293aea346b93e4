/**
 * Headers in which browsers name the page they come from and proxies where they stand: an application that calls itself or a
 * service beside it is not sent there by them.
 */
export const surroundings: readonly string[] = [
  'referer',
  'x-forwarded-host',
  'x-forwarded-for',
  'x-forwarded-server',
  'x-real-ip',
]
