/** Text as it may travel. */

/** Half of an emoji, as a script or an odd keyboard may leave it, is no text that can be sent. */
export const whole = (text: string): string => (text.toWellFormed ? text.toWellFormed() : text);
