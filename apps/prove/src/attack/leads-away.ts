/** True when a browser that stands on the shop would follow this `Location` to another host. */
export function leadsAway(location: string | undefined): boolean {
  if (location === undefined) return false
  try {
    return new URL(location, 'http://shop.test/').host !== 'shop.test'
  } catch {
    return false
  }
}
