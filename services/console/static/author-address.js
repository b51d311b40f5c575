// Where an author's page is, and where the desk shows a comment of theirs.
export const authorPage = (site, id) => `/author?${new URLSearchParams({ site, id })}`;

/** The desk with a comment open, in whatever queue it is. */
export const deskWith = ({ site, id }) => `/?${new URLSearchParams({ comment: `${site}/${id}` })}`;
