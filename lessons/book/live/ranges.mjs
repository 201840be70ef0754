// Where the loss of each part's last step lies at the default settings: five seeds, and a margin.
export const ranges = {
    '05': [0.8, 0.94],
    '09': [0.086, 0.107],
    '10': [17.6, 19.4],
    '11': [0.638, 0.651],
}
