// What an application loads by a function that it made.
export const name = 'named'
