/** How surely something is absent: 1 where its share is below half of `most`, 0 from `most` on, linear between. */
export const absence = (share: number, most: number): number => {
  const sure = 2 * (1 - share / most);
  return sure > 1 ? 1 : sure > 0 ? sure : 0;
};
