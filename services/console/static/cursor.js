// A place in a queue's order: "SCORE~MEMBER", whether or not anything stands there any more.

/** Whether the place `one` comes before `other`. */
export function isBefore(one, other, descending) {
  const [score, member] = parts(one);
  const [itsScore, itsMember] = parts(other);
  if (score === itsScore && member === itsMember) return false;
  const lower = score === itsScore ? member < itsMember : score < itsScore;
  return lower !== descending;
}

function parts(cursor) {
  const tilde = cursor.indexOf("~");
  return [Number(cursor.slice(0, tilde)), cursor.slice(tilde + 1)];
}
