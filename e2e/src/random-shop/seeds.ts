/** `SHOP_SEED=n` begins with another seed than 1, `SHOP_SEEDS=n` runs so many, one after the other. */
export const seeds = ({ usually }: { readonly usually: number }): readonly number[] => {
  const { SHOP_SEED = '1', SHOP_SEEDS = `${usually}` } = process.env;
  return Array.from({ length: Number(SHOP_SEEDS) }, (_, i) => Number(SHOP_SEED) + i);
};
