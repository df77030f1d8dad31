/**
 * The one form of a text that is a key, such as a sku or a country: "Curaçao" is the same whether its ç was typed as one character
 * or as two (Unicode's normal form C). Events may hold another form, from before that was seen to.
 */
export const keyText = (text: string): string => text.normalize('NFC');
