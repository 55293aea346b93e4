/**
 * A statement that every database refuses as a syntax error. A driver that is given it in place of a refused one reports
 * the error in its own way: callback, promise, event or exception, whatever its version.
 */
export const refusedStatement = 'refused by the runtime layer'
