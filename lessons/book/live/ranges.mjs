// Where the loss of each part's last step lies at the default settings: five seeds, and a margin.
export const ranges = {
    '02': [0.1, 0.16],  // of 16 digits, the last batch
    '05': [0.8, 0.94],
    '09': [0.104, 0.128],
    '10': [17.6, 19.4],
    '11': [0.638, 0.651],
    '13': [1.9, 3.6],
    '14': [0.155, 0.192],  // of 50 digits, the last batch
    '15': [0.75, 1.45],  // of 136 points, each with noise of its own: the last batch
    '16': [159, 179],
    '17': [15.4, 18.6],
};

// Lesson 02's loss on the held-out digits, after five times the first 10,000 digits: 0.1299 to 0.1370 by
// `lessons/run 02 --limit 10000 --seed S` for S = 1 ... 5, and a margin.
export const heldOutBce = [0.127, 0.14];
